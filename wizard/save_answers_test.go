package wizard

import "testing"

func TestSaveAnswers(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("s").sees("Saved the answers in answers.yaml",
		"zenml-installer install -f answers.yaml", "DATABASE_PASSWORD")
	p.press("s").sees("answers.yaml already exists.").press("enter")
	if p.stage.answersSaved != 1 {
		t.Fatal("the safe option overwrote the file")
	}
	p.press("s").sees("answers.yaml already exists.").press("o").sees("Saved the answers in answers.yaml")
	if p.stage.answersSaved != 2 {
		t.Error("the file was not overwritten")
	}
	p.noCanary()
}
