// Package vectors decodes the language-neutral vectors of testdata/vectors,
// whose README.md defines their format, into Go values. Its test runs all of
// them against this module.
package vectors
