SELECT after, upto FROM holes ORDER BY after
