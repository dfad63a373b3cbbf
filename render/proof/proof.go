package proof

// Proof is one fact that the rendered objects must show.
type Proof struct {
	Claim string // what it is, without any secret: "ZENML_STORE_SSL is true"
	Holds func(*View) bool
}

// And returns a proof that holds only if more is true as well.
func (p Proof) And(more func(*View) bool) Proof {
	return Proof{Claim: p.Claim, Holds: func(v *View) bool { return p.Holds(v) && more(v) }}
}

// Pods proves something of the server's and the migration's pods.
func Pods(claim string, holds func(*Pod) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool { return v.All(holds) }}
}

// Server proves something of the server's pod.
func Server(claim string, holds func(*Pod) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool { return v.Server != nil && holds(v.Server) }}
}
