package answers

import (
	"slices"
	"strings"
)

// Kind is the type of an answer.
type Kind int

// The kinds of answers.
const (
	Text    Kind = iota // one line
	Integer             // a whole number
	Boolean             // yes or no
	Choice              // one of Options
	Secret              // a Source whose content is secret
	Content             // a Source whose content is public: a certificate
	Tree                // a free-form mapping: raw chart values
	List                // strings
	Pairs               // names with strings
	Secrets             // names with Sources whose content is secret
	Items               // mappings with fixed keys
)

// Step is the part of the guided install that asks for a field.
type Step string

// The steps of the guided install.
const (
	StepCluster  Step = "Cluster"
	StepDatabase Step = "Database"
	StepSecrets  Step = "Secrets"
	StepAccess   Step = "Access"
	StepAdvanced Step = "Advanced"
)

// Steps lists the steps in their order.
var Steps = []Step{StepCluster, StepDatabase, StepSecrets, StepAccess, StepAdvanced}

// Option is one value of a Choice.
type Option struct {
	Value string
	Title string // as shown on the screen
	Help  string // one sentence: what it means, when to choose it
}

// Field describes one answer. The screens, the line prompter, the validation of
// files and the reference page use the same description.
type Field struct {
	Key     string // its path in the answers file: "database.mysql.host"
	Step    Step
	Title   string
	Help    string // what it is
	Why     string // why it matters
	Kind    Kind
	Options []Option
	Default string // used if there is no answer, in the form of Set
	Example string

	// Advanced fields are listed in the Advanced step, and not asked one by one.
	Advanced bool
	// IfMissing fields are Advanced, and asked one by one only if the cluster lacks
	// what they are about.
	IfMissing bool
	// When reports whether the field applies with the other answers; nil means
	// always. Answering a field that does not apply is a fault.
	When func(Answers) bool
	// AppliesText describes When: it completes the sentence "Applies when …".
	AppliesText string
	// Needed reports whether an answer is required; nil means never.
	Needed func(Answers) bool
	// Check returns what is wrong with an answer in the form of Get, and the
	// remedy. It is called for each string of a List and each value of Pairs.
	Check func(value string) (problem, remedy string)
	// CheckName returns what is wrong with a name of Pairs or Secrets.
	CheckName func(name string) (problem, remedy string)
	// CheckTyped returns what is wrong with a secret that is typed now. Unlike
	// Check, it does not apply to files, whose secrets may predate the rule.
	CheckTyped func(value string) (problem, remedy string)
	// Document marks a Secret that is a JSON or PEM document, which people keep in
	// a file: a text that is neither is taken as the file's name when it is typed.
	Document bool
	// Generable allows {generate: true} for a Secret.
	Generable bool
	// Confirm asks for the secret twice, because a typo could not be noticed or
	// corrected later.
	Confirm bool
}

// Applies reports whether the field applies with the other answers.
func (f Field) Applies(a Answers) bool { return f.When == nil || f.When(a) }

// Required reports whether the field must be answered.
func (f Field) Required(a Answers) bool { return f.Needed != nil && f.Applies(a) && f.Needed(a) }

// Values lists the values that a Choice allows.
func (f Field) Values() []string {
	values := make([]string, len(f.Options))
	for i, o := range f.Options {
		values[i] = o.Value
	}
	return values
}

// Fields lists every field, in the order of the questions.
var Fields = slices.Concat(
	clusterFields,
	databaseFields, backupFields, payloadFields,
	storeFields, backupStoreFields,
	exposeFields, prerequisiteFields, adminFields,
	serverFields, podFields, authFields, networkFields, rawFields,
)

// FieldByKey returns the field with a key.
func FieldByKey(key string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// Asked returns the fields that the guided install asks for in a step with the
// given answers.
func Asked(step Step, a Answers) []Field {
	var asked []Field
	for _, f := range Fields {
		if f.Step == step && !f.Advanced && f.Applies(a) {
			asked = append(asked, f)
		}
	}
	return asked
}

func oneOf(f Field, value string) (problem, remedy string) {
	if slices.Contains(f.Values(), value) {
		return "", ""
	}
	return quoted(value) + " is not a valid value", "use one of " + strings.Join(f.Values(), ", ")
}
