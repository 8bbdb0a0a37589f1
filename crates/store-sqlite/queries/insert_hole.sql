INSERT INTO holes (after, upto) VALUES (?1, ?2) ON CONFLICT (after) DO UPDATE SET upto = max(upto, excluded.upto)
