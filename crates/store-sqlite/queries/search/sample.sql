CREATE VIRTUAL TABLE temp.sample USING fts5 (author, text, content = '', tokenize = 'unicode61 remove_diacritics 2');
