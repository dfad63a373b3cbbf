package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func newAnswers(s Streams, c *common) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "answers",
		Short: "Create, validate and explain answers files",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newAnswersInit(s, c, runAnswersInit),
		newAnswersSchema(s),
		newAnswersExplain(s),
		newAnswersValidate(s),
	)
	return cmd
}

func newAnswersSchema(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the answers file",
		Long: `Print the JSON Schema of the answers file, for completion and validation in
editors.`,
		Example: `  zenml-installer answers schema > answers.schema.json`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := s.Out.Write(answers.Schema())
			return err
		},
	}
}

func newAnswersExplain(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [KEY]",
		Short: "Explain a key of the answers file, or list the keys",
		Example: `  zenml-installer answers explain
  zenml-installer answers explain database.mysql
  zenml-installer answers explain database.mysql.tls.mode`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactly(1, "a key of the answers file")(cmd, args)
		},
		ValidArgsFunction: completeKeys,
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := answers.Explain(strings.Join(args, ""))
			if err != nil {
				return usage(err)
			}
			_, err = io.WriteString(s.Out, text)
			return err
		},
	}
}

func newAnswersValidate(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE",
		Short:   "Validate an answers file",
		Example: `  zenml-installer answers validate answers.yaml`,
		Args:    exactly(1, "an answers file (- reads standard input)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := (answersFlags{name: args[0]}).load(cmd.Context(), s, common{kube: noFlags()}); err != nil {
				return err
			}
			fmt.Fprintf(s.Err, "%s is valid.\n", args[0])
			return nil
		},
	}
}

func completeKeys(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var keys []string
	for _, f := range answers.Fields {
		keys = append(keys, f.Key+"\t"+f.Title)
	}
	return keys, cobra.ShellCompDirectiveNoFileComp
}

// exactly returns a validator that requires n arguments and fails with a usage
// error.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(errors.New("specify " + what + " (see " + cmd.CommandPath() + " --help)"))
		}
		return nil
	}
}
