//! email_configurations
