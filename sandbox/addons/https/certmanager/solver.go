package main

import (
	"github.com/spf13/cobra"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	"github.com/cert-manager/cert-manager/pkg/logs"
)

func newSolverCommand() *cobra.Command {
	server := &solver.HTTP01Solver{}
	command := &cobra.Command{
		Use:   "acmesolver",
		Short: "answer an HTTP-01 challenge",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return server.Listen(logs.FromContext(command.Context(), "acmesolver"))
		},
	}
	flags := command.Flags()
	flags.IntVar(&server.ListenPort, "listen-port", 8089, "port to listen on")
	flags.StringVar(&server.Domain, "domain", "", "the challenged host")
	flags.StringVar(&server.Token, "token", "", "the challenge's token")
	flags.StringVar(&server.Key, "key", "", "the challenge's answer")
	return command
}
