SELECT version, text, at, author FROM drafts WHERE flow = ?1
