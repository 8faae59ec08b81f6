u.synchronization_disabled = 0
