package validate

// Update is the flag of the tests that write documents.
var Update = update
