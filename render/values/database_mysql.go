package values

import (
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// mysql sets the MySQL URL and the reference to its password.
func mysql(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	m := d.a.Database.MySQL
	address := storeURL(m)
	d.set("database.url", address, "database.type", "database.mysql.host", "database.mysql.port", "database.mysql.name", "database.mysql.user").
		prove(proof.PodsHave("ZENML_STORE_URL", address), proof.HasMigration())
	if m.Auth == answers.RDSAuth {
		d.rds(m.RDS)
		return
	}
	password := d.refer("database.mysql.password")
	d.comment(
		"database",
		fmt.Sprintf(
			"MySQL (database.mysql). The password is in Secret %s; a password in the URL would override it.",
			password.Name,
		),
	)
	d.set("database.passwordSecretRef", refMap(password), "database.mysql.password", "database.mysql.auth").
		prove(proof.PodsReference("ZENML_STORE_PASSWORD", password))
}

// rds sets the values for AWS IAM authentication instead of a password.
func (d *draft) rds(r answers.RDS) {
	const key = "database.mysql.auth"
	if !d.supports("database.authMode", key, "supports password authentication only") {
		return
	}
	d.comment(
		"database",
		"MySQL of AWS RDS (database.mysql): the server logs in with the identity of its pods, without a password.",
	)
	d.set("database.authMode", "aws_rds_iam", key).
		prove(proof.PodsHave("ZENML_STORE_AUTH_MODE", "aws_rds_iam"), proof.PodsLack("ZENML_STORE_PASSWORD"))
	if r.Region != "" {
		d.set("database.awsRegion", r.Region, "database.mysql.rds.region").
			prove(proof.PodsHave("ZENML_STORE_AWS_REGION", r.Region))
	}
	if r.RoleARN != "" {
		d.set("database.awsRdsIamRoleArn", r.RoleARN, "database.mysql.rds.roleARN").
			prove(proof.PodsHave("ZENML_STORE_AWS_RDS_IAM_ROLE_ARN", r.RoleARN))
	}
}

func address(m answers.MySQL) string { return net.JoinHostPort(m.Host, strconv.Itoa(m.Port)) }

// storeURL returns the database URL without a password. The server decodes a
// percent-encoded user but reads the database name literally.
func storeURL(m answers.MySQL) string {
	return "mysql://" + url.User(m.User).String() + "@" + address(m) + "/" + m.Name
}

func refMap(ref answers.SecretRef) yamlnode.Map {
	return yamlnode.Map{{"name", ref.Name}, {"key", ref.Key}}
}

// mysqlPool sets the size of each pod's connection pool.
func mysqlPool(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	pool := d.a.Database.MySQL.Pool
	if pool.Size > 0 {
		d.set("database.poolSize", pool.Size, "database.mysql.pool.size").
			prove(proof.PodsHave("ZENML_STORE_POOL_SIZE", strconv.Itoa(pool.Size)))
	}
	if n := pool.Overflow; n != nil {
		d.set("database.maxOverflow", orZero(*n), "database.mysql.pool.overflow").
			prove(proof.PodsHave("ZENML_STORE_MAX_OVERFLOW", strconv.Itoa(*n)))
	}
}
