package checks

import "context"

// Run makes the checks that the options choose and returns the report. Checks
// that do not wait for each other run at the same time; observe may be nil.
// The error is an UnknownError, or the cause of ctx's end: then the report
// says which checks were not made.
func Run(ctx context.Context, env *Env, o Options, observe Observer) (Report, error) {
	return run(ctx, Table, env, o, observe)
}
