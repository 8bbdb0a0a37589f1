DELETE FROM published WHERE flow = ?1
