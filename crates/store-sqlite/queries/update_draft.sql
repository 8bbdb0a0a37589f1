UPDATE drafts SET version = ?2, text = ?3, at = ?4, author = ?5 WHERE flow = ?1 AND version = ?6
