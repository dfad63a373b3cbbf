package checks

// secretsChecks ask about the store that keeps the secrets of the server's
// users.
var secretsChecks = []Check{}
