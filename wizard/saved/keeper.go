package saved

import "github.com/zenml-installer/zenml-installer/internal/answers"

// Keeper saves the answers of one install. When its target changes, because the
// user went back, the answers saved for the earlier one are removed.
type Keeper struct {
	Folder Folder
	target answers.Cluster
}

// Continue takes over an unfinished install.
func (k *Keeper) Continue(run Run) { k.target = run.Target() }

// Holds reports whether answers were saved, or continued.
func (k *Keeper) Holds() bool { return k.target != answers.Cluster{} }

// Save saves the answers, and the step that the install is at.
func (k *Keeper) Save(a answers.Answers, step string) error {
	if err := k.moveTo(a); err != nil {
		return err
	}
	return k.Folder.Write(a, step)
}

// Finish removes what was saved of an install that is complete.
func (k *Keeper) Finish(a answers.Answers) error {
	if err := k.moveTo(a); err != nil {
		return err
	}
	return k.Folder.Remove(k.target)
}

// moveTo removes the answers of an earlier target.
func (k *Keeper) moveTo(a answers.Answers) error {
	earlier := k.target
	if k.target = a.Complete().Cluster; earlier == k.target || earlier == (answers.Cluster{}) {
		return nil
	}
	return k.Folder.Remove(earlier)
}
