SELECT grp, count(*) AS rows FROM rows GROUP BY grp
