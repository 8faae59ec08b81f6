SELECT line, address, name, kind, grp, reason FROM rows ORDER BY place LIMIT :limit OFFSET :offset
