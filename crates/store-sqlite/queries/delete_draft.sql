DELETE FROM drafts WHERE flow = ?1 AND version = ?2
