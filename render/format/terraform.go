package format

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// terraform returns a helm_release. Secrets that the chart accepts only inline
// become variables.
func terraform(d values.Document) ([]File, error) {
	p, err := chartParamsOf(d)
	if err != nil {
		return nil, err
	}
	if p.digest != "" {
		return nil, answers.Faults{{Key: "chart.ref",
			Summary: "it pins the chart by digest, which a helm_release of Terraform does not support",
			Remedy:  "remove @" + p.digest + " and set chart.version: " + p.version + ", or use another format"}}
	}
	text, err := yamlnode.Encode(p.values)
	if err != nil {
		return nil, err
	}
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	elements := []hclwrite.Tokens{heredoc(text)}
	for _, s := range d.SecretValues() {
		declareVariable(body, s)
		body.AppendNewline()
		elements = append(elements, secretElement(s))
	}
	release := body.AppendNewBlock("resource", []string{"helm_release", strings.ReplaceAll(p.Release, "-", "_")}).Body()
	for _, argument := range [][2]string{
		{"name", p.Release}, {"namespace", p.Namespace}, {"repository", p.repository}, {"chart", p.name}, {"version", p.version},
	} {
		release.SetAttributeValue(argument[0], cty.StringVal(argument[1]))
	}
	release.SetAttributeValue("create_namespace", cty.True)
	release.AppendNewline()
	release.SetAttributeRaw("values", list(elements))
	out := append([]byte(preface(d, "ZenML server, as a helm_release of Terraform.")), hclwrite.Format(file.Bytes())...)
	return []File{{Name: "zenml.tf", Bytes: out}}, nil
}

// declareVariable declares the variable for a secret: a string, or JSON for
// anything else.
func declareVariable(body *hclwrite.Body, s values.SecretValue) {
	variable := body.AppendNewBlock("variable", []string{variableOf(s)}).Body()
	if !isText(s) {
		variable.SetAttributeValue("description", cty.StringVal("in JSON"))
	}
	variable.SetAttributeRaw("type", hclwrite.TokensForIdentifier("string"))
	variable.SetAttributeValue("sensitive", cty.True)
}

// secretElement returns yamlencode(…) of a secret at its path in the values.
func secretElement(s values.SecretValue) hclwrite.Tokens {
	value := hclwrite.TokensForTraversal(
		hcl.Traversal{hcl.TraverseRoot{Name: "var"}, hcl.TraverseAttr{Name: variableOf(s)}},
	)
	if !isText(s) {
		value = hclwrite.TokensForFunctionCall("jsondecode", value)
	}
	for i := len(s.Path) - 1; i >= 0; i-- {
		value = hclwrite.TokensForObject([]hclwrite.ObjectAttrTokens{
			{Name: hclwrite.TokensForValue(cty.StringVal(s.Path[i])), Value: value},
		})
	}
	return hclwrite.TokensForFunctionCall("yamlencode", value)
}

// heredoc returns text as an indented heredoc, which Terraform shows unchanged
// in its plan.
func heredoc(text []byte) hclwrite.Tokens {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	end := "YAML"
	for containsLine(lines, end) {
		end += "_"
	}
	var content bytes.Buffer
	for _, line := range lines {
		content.WriteString(strings.TrimRight("      "+escapeTemplate(line), " ") + "\n")
	}
	return hclwrite.Tokens{
		{Type: hclsyntax.TokenOHeredoc, Bytes: []byte("<<-" + end + "\n")},
		{Type: hclsyntax.TokenStringLit, Bytes: content.Bytes()},
		{Type: hclsyntax.TokenCHeredoc, Bytes: []byte("    " + end)},
		{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")},
	}
}

func containsLine(lines []string, text string) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) == text {
			return true
		}
	}
	return false
}

// escapeTemplate escapes template sequences in a line of a heredoc. hclwrite
// escapes quoted strings only.
func escapeTemplate(line string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(line)
}

// list returns a list with one element per line.
func list(elements []hclwrite.Tokens) hclwrite.Tokens {
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")}
	tokens := hclwrite.Tokens{{Type: hclsyntax.TokenOBrack, Bytes: []byte("[")}, newline}
	for _, e := range elements {
		tokens = append(tokens, e...)
		tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComma, Bytes: []byte(",")}, newline)
	}
	return append(tokens, &hclwrite.Token{Type: hclsyntax.TokenCBrack, Bytes: []byte("]")})
}
