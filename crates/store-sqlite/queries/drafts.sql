SELECT flow, version, at FROM drafts ORDER BY flow
