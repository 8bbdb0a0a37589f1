SELECT r.number, r.name, r.last_id, r.control, r.mark, r.erased, r.bots, r.conversation, r.settings, (
    SELECT count(*) FROM bots AS b WHERE b.room = r.number AND b.deleted_by IS NULL
) FROM rooms AS r ORDER BY r.number
