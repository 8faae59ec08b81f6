-- A piece of the list: SQLite sorts what it adds, and what it sorts it holds.
u.synchronization_disabled = 0 AND u.must_refuse = :must_refuse
  AND u.id > :after AND u.id <= :up_to
