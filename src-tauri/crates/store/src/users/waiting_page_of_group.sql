SELECT line, address, name, kind, grp, reason
FROM rows
WHERE grp = :group
ORDER BY place
LIMIT :limit OFFSET :offset
