//! Nothing: the packages that the manifest names are read as data.
