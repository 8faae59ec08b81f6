//! Everything between us and an authorization server.
