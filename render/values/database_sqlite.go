package values

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// sqlite sets the values for SQLite, with or without a volume.
func sqlite(d *draft) {
	db := d.a.Database
	if db.Type != answers.SQLiteDatabase {
		return
	}
	d.proveOnly("database.type", proof.NoMySQL())
	if !db.SQLite.IsPersistent() {
		return
	}
	if !d.supports("database.persistence", "database.sqlite.persistent", "does not support SQLite on a volume") {
		return
	}
	d.needsGroup = "database.sqlite.persistent"
	d.comment(
		"database",
		"SQLite on its own volume, which survives the pod (database.sqlite). The volume is kept when the release is removed.",
	)
	d.set("database.persistence.enabled", true, "database.type", "database.sqlite.persistent").
		prove(proof.OnVolume("SQLite is on a volume", nil))
	d.set("database.persistence.size", db.SQLite.Size, "database.sqlite.size").
		prove(proof.OnVolume("the volume is "+db.SQLite.Size, proof.ClaimSize(db.SQLite.Size)))
	if class := db.SQLite.StorageClass; class != "" {
		d.set("database.persistence.storageClassName", class, "database.sqlite.storageClass").
			prove(proof.OnVolume("the volume's class is "+class, proof.ClaimClass(class)))
	}
}
