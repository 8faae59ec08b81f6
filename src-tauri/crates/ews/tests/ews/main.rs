//! The promises of the codec to everyone else, tried with input nobody wrote: `read` survives any
//! bytes, and a request says exactly what it was asked to say. Nothing here touches a network.

mod reading;
mod requests;
mod seeds;
