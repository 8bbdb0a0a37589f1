//! What every driver must do; run by each driver in its own tests.
