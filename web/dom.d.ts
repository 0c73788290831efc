/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The rest of the repository runs without a browser; only the pages below this folder have one.
