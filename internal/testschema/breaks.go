package testschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// Breaks lists what a schema no longer promises: removed fields, choices and
// types, and fields that became required (Input) or optional (Output).
func Breaks(released, current []byte, d Direction) ([]string, error) {
	var before, now map[string]any
	if err := json.Unmarshal(released, &before); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(current, &now); err != nil {
		return nil, err
	}
	c := comparison{direction: d}
	c.compare("", before, now)
	return c.breaks, nil
}

type comparison struct {
	direction Direction
	breaks    []string
}

func (c *comparison) add(path, format string, args ...any) {
	c.breaks = append(c.breaks, path+": "+fmt.Sprintf(format, args...))
}

// compare compares two values of a schema by what their keywords promise.
func (c *comparison) compare(path string, before, now map[string]any) {
	for _, keyword := range slices.Sorted(maps.Keys(before)) {
		old, current := before[keyword], now[keyword]
		switch keyword {
		case "properties", "$defs":
			c.members(path, asMap(old), asMap(current))
		case "items", "additionalProperties":
			c.schema(path+"[]", old, current)
		case "oneOf", "anyOf", "allOf":
			c.list(path, keyword, asList(old), asList(current))
		case "enum":
			c.choices(path, asList(old), asList(current))
		case "type", "const", "$ref", "format", "pattern":
			if !reflect.DeepEqual(old, current) {
				c.add(path, "%s was %v and is %v", keyword, old, current)
			}
		}
	}
	c.required(path, before, now)
}

func (c *comparison) members(path string, before, now map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, has := now[name]; !has {
			c.add(path+"."+name, "removed")
			continue
		}
		c.schema(path+"."+name, before[name], now[name])
	}
}

// schema compares two schemas, which may also be true or false.
func (c *comparison) schema(path string, before, now any) {
	old, isMap := before.(map[string]any)
	if !isMap {
		if before != now {
			c.add(path, "was %v and is %v", before, now)
		}
		return
	}
	c.compare(path, old, asMap(now))
}

func (c *comparison) list(path, keyword string, before, now []any) {
	if len(now) < len(before) {
		c.add(path, "%s has fewer alternatives", keyword)
		return
	}
	for i := range before {
		c.schema(path+"("+strconv.Itoa(i)+")", before[i], now[i])
	}
}

func (c *comparison) choices(path string, before, now []any) {
	if now == nil {
		return // any value
	}
	for _, choice := range before {
		if !slices.Contains(now, choice) {
			c.add(path, "choice %v removed", choice)
		}
	}
}

func (c *comparison) required(path string, before, now map[string]any) {
	old, current := asList(before["required"]), asList(now["required"])
	what := "no longer always present"
	if c.direction == Input {
		old, current = current, old
		what = "newly required"
	}
	for _, name := range old {
		if !slices.Contains(current, name) {
			c.add(path+"."+fmt.Sprint(name), "%s", what)
		}
	}
}

func asMap(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}

func asList(value any) []any {
	l, _ := value.([]any)
	return l
}
