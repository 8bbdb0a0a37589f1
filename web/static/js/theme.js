// Sets the theme before the page is first drawn; a classic script, since modules come too late for that.
(() => {
  try {
    const theme = localStorage.getItem('parlor.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be closed to pages; then the theme follows the system.
  }
})();
