package prompt

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// guardKey is the key of the question that confirms the cluster, in the list of
// answered questions.
const guardKey = "@cluster"

// ask asks every question that was not answered in this run, in order,
// including those that an answer adds.
func (p *prompter) ask(ctx context.Context) error {
	for {
		q, ok := p.nextQuestion()
		if !ok {
			return nil
		}
		var err error
		if q.Key == guardKey {
			err = p.confirmCluster(ctx)
		} else {
			err = p.question(ctx, q)
		}
		if err != nil {
			return err
		}
	}
}

// nextQuestion returns the first unanswered question.
func (p *prompter) nextQuestion() (question.Question, bool) {
	for _, key := range p.changing {
		if q, applies := p.responses.ByKey(key); applies && !slices.Contains(p.answered, key) {
			return q, true
		}
	}
	for _, step := range p.responses.Steps() {
		for _, q := range p.responses.Questions(step) {
			switch {
			case slices.Contains(p.answered, q.Key):
			case p.missing && step != answers.StepCluster && p.hasValid(q.Key):
				p.answered = append(p.answered, q.Key)
			default:
				return q, true
			}
		}
		if step == answers.StepCluster && !slices.Contains(p.answered, guardKey) {
			return question.Question{Field: answers.Field{Key: guardKey}}, true
		}
	}
	p.missing = false // from now on, what is reopened is asked
	return question.Question{}, false
}

// hasValid reports whether a question has a valid answer.
func (p *prompter) hasValid(key string) bool {
	_, bad := p.responses.Fault(key)
	return !bad
}

// undoAnswer removes the last answer, so that it is asked again. Its value
// becomes the default.
func (p *prompter) undoAnswer() {
	if n := len(p.answered); n > 0 {
		p.answered = p.answered[:n-1]
	}
}

// forget marks a question as unanswered.
func (p *prompter) forget(key string) {
	p.answered = slices.DeleteFunc(p.answered, func(k string) bool { return k == key })
}

// question asks for one field until the answer is valid.
func (p *prompter) question(ctx context.Context, q question.Question) error {
	p.printf("\n%s. %s", q.Title, q.Help)
	for i, o := range q.Choices {
		p.printf("%s", strings.TrimSuffix(fmt.Sprintf("  %d) %s: %s", i+1, o.Title, o.Help), ": "))
	}
	if q.Open {
		p.printf("  or type another one")
	}
	for {
		line, err := p.line(ctx, q.Key, p.label(q), q.Kind == answers.Secret)
		if err != nil {
			return err
		}
		switch line = strings.TrimSpace(line); line {
		case "?":
			p.printf("%s", question.Explain(q))
			continue
		case "<":
			p.undoAnswer()
			return nil
		}
		if taken, err := p.take(ctx, q, line); err != nil || taken {
			return err
		}
	}
}

// label returns the prompt with the default in brackets. It never shows a
// secret.
func (p *prompter) label(q question.Question) string {
	shown := ""
	switch {
	case q.Kind == answers.Secret:
		shown = p.responses.KeptLabel(q.Field)
	case len(q.Choices) > 0:
		chosen := p.byDefault(q)
		for i, o := range q.Choices {
			if o.Value == chosen {
				shown = strconv.Itoa(i + 1)
			}
		}
	default:
		shown, _ = p.responses.Display(q)
	}
	switch {
	case shown == "" && q.Kept != "":
		shown = "keep the key in Secret " + q.Kept
	case shown == "" && q.Generable:
		shown = "generate one"
	}
	if shown == "" {
		return q.Title + ": "
	}
	return q.Title + " [" + shown + "]: "
}

// take stores a line as the answer and reports whether it is valid. A rejected line is not
// repeated: in a pipe it may be a secret that was meant for another question.
func (p *prompter) take(ctx context.Context, q question.Question, line string) (bool, error) {
	before := p.responses.Typed(q.Key)
	switch {
	case len(q.Choices) > 0:
		value, ok := choice(q, line, p.byDefault(q))
		switch {
		case !ok && q.Open && line != "":
			value = line
		case !ok && line == "":
			p.printf("An answer is required: enter a number from 1 to %d, or a name.", len(q.Choices))
			return false, nil
		case !ok:
			p.printf("That is not one of the choices: enter a number from 1 to %d, or a name.", len(q.Choices))
			return false, nil
		}
		p.responses.Type(q.Key, value)
	case p.fillFromURL(q.Key, line):
		line = p.responses.Typed(q.Key)
		p.printf("The URL answers the questions about its other parts, too. Enter < to change them.")
	case line != "":
		p.responses.Type(q.Key, line)
	}
	p.responses.ExpandHome(q.Key, p.Home)
	if note := p.responses.CleanHost(q.Key); note != "" {
		p.printf("%s", note)
	}
	p.responses.AcceptEmpty(q)
	problem, err := p.problemWith(ctx, q, line)
	if err != nil {
		return false, err
	}
	if problem != "" {
		p.responses.Type(q.Key, before)
		p.printf("%s", problem)
		return false, nil
	}
	p.answered = append(p.answered, q.Key)
	p.saveProgress(q.Step)
	if q.Key == question.ContextKey || q.Key == namespaceKey {
		p.find(ctx)
	}
	if logIn, ok := p.responses.FindsDatabase(q.Key); ok && p.in.isTerminal() {
		p.findDatabase(ctx, logIn)
	}
	return true, nil
}

// fillFromURL takes a database URL apart, and reports whether line is one. The
// questions about its other parts are not asked.
func (p *prompter) fillFromURL(key, line string) bool {
	filled, unused := p.responses.FillFromURL(key, line)
	if unused != "" {
		p.printf("%s", unused)
	}
	for _, other := range filled {
		_, bad := p.responses.Fault(other)
		if other != key && !bad && !slices.Contains(p.answered, other) {
			p.answered = append(p.answered, other)
		}
	}
	return len(filled) > 0
}

// namespaceKey is the key of the question about the namespace.
const namespaceKey = "cluster.namespace"

// find lists what the cluster has to choose from. Without it the answers are typed.
func (p *prompter) find(ctx context.Context) {
	found, _ := p.Engine.Find(ctx, p.responses.Answers())
	p.responses.SetFound(found)
}

// findDatabaseTime limits how long the next question waits for the database server.
const findDatabaseTime = 2 * time.Second

// findDatabase lists what the database server offers.
func (p *prompter) findDatabase(ctx context.Context, logIn bool) {
	ctx, cancel := context.WithTimeout(ctx, findDatabaseTime)
	defer cancel()
	p.responses.SetOffered(p.Engine.FindDatabase(ctx, p.responses.Answers(), logIn))
}

// byDefault returns the choice that an empty line takes, if any. In a pipe it agrees to
// install nothing.
func (p *prompter) byDefault(q question.Question) string {
	if q.Open {
		return p.responses.CursorChoice(q)
	}
	if !p.in.isTerminal() && p.responses.SuggestsToInstall(q.Field) {
		return p.responses.DefaultChoice(q)
	}
	return p.responses.CurrentChoice(q)
}

// problemWith describes what is wrong with the stored answer, or returns "" if
// it is valid.
func (p *prompter) problemWith(ctx context.Context, q question.Question, line string) (string, error) {
	if fault, bad := p.responses.Fault(q.Key); bad {
		return strings.TrimSuffix(fault.Summary+"; "+fault.Remedy, "; "), nil
	}
	source, ok := p.responses.LocalSource(q.Field)
	if !ok {
		return p.confirmHidden(ctx, q, line)
	}
	if err := p.Engine.CheckSource(ctx, source); err != nil {
		return err.Error(), ctx.Err()
	}
	if q.Kind == answers.Secret && p.in.isTerminal() {
		p.printf("Read from %s", source.Describe()) // the input was not echoed
	}
	return "", nil
}

// confirmHidden asks for a secret again if the terminal did not show it. Input
// from a pipe is not asked for twice.
func (p *prompter) confirmHidden(ctx context.Context, q question.Question, line string) (string, error) {
	if !q.Confirm || line == "" || !p.in.isTerminal() || question.IsVisible(q.Field, line) {
		return "", nil
	}
	again, err := p.line(ctx, q.Key, q.Title+" (again): ", true)
	if err != nil || strings.TrimSpace(again) == line {
		return "", err
	}
	return "The entries don't match; try again.", nil
}

// choice reads a number, a value or a title. An empty line means the default.
func choice(q question.Question, line, byDefault string) (value string, ok bool) {
	if line == "" {
		return byDefault, byDefault != "" || q.Open
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(q.Choices) {
		return q.Choices[n-1].Value, true
	}
	for _, o := range q.Choices {
		if strings.EqualFold(line, o.Value) || strings.EqualFold(line, o.Title) {
			return o.Value, true
		}
	}
	if q.Kind == answers.Boolean {
		switch strings.ToLower(line) {
		case "y":
			return "true", true
		case "n":
			return "false", true
		}
	}
	return "", false
}
