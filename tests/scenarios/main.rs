//! The product against a simulated Exchange, in process: for every cause that can be met today the
//! verdict, the run and the counts, and for every ruling of the contract both of its sides.

mod budget;
mod causes;
mod certificates;
mod clusters;
mod codes;
mod concurrency;
mod connection;
mod directory;
mod discovery;
mod durable;
mod echoes;
mod folders;
mod hybrid;
mod identity;
mod ignoring;
mod ladder;
mod lanes;
mod learned;
mod limits;
mod lists;
mod log_on;
mod moving;
mod ntlm;
mod oauth;
mod probe;
mod proof;
mod proxies;
mod refusals;
mod samples;
mod scope;
mod service_account;
mod side_by_side;
mod stops;
mod throttling;
mod versions;
