package proof

// Proof is a fact that the rendered objects must satisfy.
type Proof struct {
	Claim string // without secrets: "ZENML_STORE_SSL is true"
	Holds func(*View) bool
}

// And returns a proof that also requires more.
func (p Proof) And(more func(*View) bool) Proof {
	return Proof{Claim: p.Claim, Holds: func(v *View) bool { return p.Holds(v) && more(v) }}
}

// Pods proves a claim about the server's and the migration's pods.
func Pods(claim string, holds func(*Pod) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool { return v.All(holds) }}
}

// Server proves a claim about the server's pod.
func Server(claim string, holds func(*Pod) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool { return v.Server != nil && holds(v.Server) }}
}
