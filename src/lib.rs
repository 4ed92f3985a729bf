//! Typed, fast, safe client for deployed models.
