// The words that scripts show on the pages of one's account and of those who run the server.

export const words = {
  copied: 'Copied',
  notCopied: 'Select it and copy it by hand',
};
