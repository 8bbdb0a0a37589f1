// The code of an invitation, or of the first start, stands behind the `#` of its link, so that no log on the way sees it. Here it is
// taken out of the address bar and sent as a form; who has no scripts pastes the link into the page's field.

function take() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, '', location.pathname + location.search);
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'code';
  field.value = code;
  const form = document.createElement('form');
  form.method = 'post';
  form.append(field);
  document.body.append(form);
  form.submit();
}

take();
// A link that is opened where such a page is open already changes nothing but what is behind the `#`.
addEventListener('hashchange', take);
