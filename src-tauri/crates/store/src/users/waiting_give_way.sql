UPDATE rows SET grp = :group, reason = :reason, address_key = NULL WHERE place = :place
