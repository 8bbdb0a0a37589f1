//! The dispatcher as a whole, over a store in memory and bots of all kinds.
