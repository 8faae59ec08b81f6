//! The commands that Understudy shows: they parse, and their cmdlets and parameters exist.
