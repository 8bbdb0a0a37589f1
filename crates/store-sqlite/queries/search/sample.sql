CREATE VIRTUAL TABLE temp.sample USING fts5 (author, text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
