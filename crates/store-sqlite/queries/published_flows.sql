SELECT f.name, f.version, f.at FROM published AS p CROSS
JOIN flows AS f ON f.name = p.flow AND f.version = p.version ORDER BY p.flow
