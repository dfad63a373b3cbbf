package answers

import "strings"

// topicPrefixes assigns the advanced fields to topics by the start of their keys;
// the first match counts.
var topicPrefixes = []struct{ prefix, topic string }{
	{"chart.", "Chart"},
	{"database.", "Database"},
	{"secretsStore.", "Secrets store"},
	{"backupSecretsStore.", "Backup secrets store"},
	{"expose.", "Access"},
	{"admin.", "Access"},
	{"server.image.", "Pods"},
	{"server.replicas", "Pods"},
	{"server.autoscaling.", "Pods"},
	{"server.resources.", "Pods"},
	{"server.migrationResources.", "Pods"},
	{"server.serviceAccount.", "Pods"},
	{"server.podAnnotations", "Pods"},
	{"server.nodeSelector", "Pods"},
	{"server.tolerations", "Pods"},
	{"server.affinity", "Pods"},
	{"server.security.", "Pods"},
	{"server.auth.", "Authentication"},
	{"server.", "Server"},
	{"certificates.", "Network"},
	{"proxy.", "Network"},
	{"prerequisites.", "Prerequisites"},
	{"values", "Raw values"},
}

// Topics lists the topics of the advanced fields, in the order of the table.
func Topics() []string {
	var topics []string
	seen := map[string]bool{}
	for _, p := range topicPrefixes {
		if !seen[p.topic] {
			seen[p.topic] = true
			topics = append(topics, p.topic)
		}
	}
	return topics
}

// Topic returns the topic under which the Advanced step lists the field.
func (f Field) Topic() string {
	for _, p := range topicPrefixes {
		if strings.HasPrefix(f.Key, p.prefix) {
			return p.topic
		}
	}
	return ""
}
