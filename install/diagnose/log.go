package diagnose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

const (
	logGrace = 2 * time.Second
	// crashGrace is the grace period of a crashing container if the problem may
	// resolve, such as an unreachable database.
	crashGrace = time.Minute
	// anyAccount and anyDatabase are placeholders in remedies: the log does not
	// contain the names.
	anyAccount  = "'<user>'@'%'"
	anyDatabase = "<database>"
)

// FromLog returns the diagnosis of the last line that a rule matches.
func FromLog(lines []string) (Diagnosis, bool) {
	raisedBy := innermost(lines)
	for _, line := range slices.Backward(Plain(lines)) {
		number, said := mysqlError(line)
		r, ok := logRuleFor(number, strings.ToLower(line), raisedBy)
		if !ok {
			continue
		}
		d := Diagnosis{
			Name: r.name, Summary: r.summary, Reason: r.quote(cmp.Or(said, line)), Remedy: r.remedy, Grace: logGrace,
		}
		if number > 0 {
			d.Reason = strconv.Itoa(number) + ": " + d.Reason
		}
		if r.temporary {
			d.Grace = crashGrace
		}
		return d, true
	}
	return Diagnosis{}, false
}

func logRuleFor(number int, line, raisedBy string) (logRule, bool) {
	for _, r := range logRules {
		if (r.number == 0 || r.number == number) && strings.Contains(line, r.contains) &&
			strings.Contains(raisedBy, r.raisedBy) {
			return r, true
		}
	}
	e, ok := mysqlerr.Lookup(number)
	return logRule{summary: e.Summary, remedy: e.RemedyFor(anyAccount, anyDatabase), temporary: e.Temporary}, ok
}

// validation matches the message of a pydantic error, which is followed by the
// invalid values.
var validation = regexp.MustCompile(`Value error, (.*?) \[type=`)

// quote returns the part of a line that contains the reason.
func (r logRule) quote(line string) string {
	if r.silent {
		return ""
	}
	if m := validation.FindStringSubmatch(line); m != nil {
		line = m[1]
	}
	return Shorten(line)
}

// pymysql matches `(1045, "Access denied for user …")`.
var pymysql = regexp.MustCompile(`\((\d{4}), (?:"(.*?)"|'(.*?)')\)`)

func mysqlError(line string) (number int, said string) {
	m := pymysql.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	number, _ = strconv.Atoi(m[1])
	return number, m[2] + m[3]
}
