package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cache"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/database"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/mysql"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/zenmlimage"
)

// Special values of flags.
const (
	auto = "auto"
	none = "none"
)

// chooseServers builds the images of the real servers, or returns none for the
// stand-in.
func chooseServers(ctx context.Context, wanted string, versions []string, nodes string, say func(string)) ([]*zenmlimage.Server, error) {
	if !slices.Contains([]string{state.ServerReal, state.ServerStandIn, auto}, wanted) {
		return nil, fmt.Errorf("--server %q: use real, stand-in or auto", wanted)
	}
	if wanted == state.ServerStandIn {
		return nil, nil
	}
	servers, err := buildServers(ctx, versions, nodes, say)
	if err == nil || wanted == state.ServerReal || ctx.Err() != nil {
		return servers, err
	}
	say("using the stand-in server: " + err.Error())
	return nil, nil
}

func buildServers(ctx context.Context, versions []string, nodes string, say func(string)) ([]*zenmlimage.Server, error) {
	if nodes != state.NodesReal {
		return nil, errors.New("the real server needs real nodes")
	}
	var servers []*zenmlimage.Server
	for _, version := range versions {
		server, err := zenmlimage.Build(ctx, cache.Default(), version, say)
		if err != nil {
			return nil, err
		}
		servers = append(servers, server)
	}
	return servers, nil
}

// chooseDatabase returns the selected server, or for auto the first that works
// here.
func chooseDatabase(ctx context.Context, wanted string, say func(string)) (database.Engine, error) {
	switch wanted {
	case none:
		return database.Engine{}, nil
	case database.MySQL:
		return prepareMySQL(ctx, say)
	case database.MariaDB:
		engine, ok := database.FindMariaDB()
		if !ok {
			return engine, errors.New("MariaDB is not installed (on Debian or Ubuntu: apt-get install mariadb-server-core)")
		}
		return engine, nil
	case database.Memory:
		return memoryDatabase()
	case auto:
		return anyDatabase(ctx, say)
	}
	return database.Engine{}, fmt.Errorf("--database %q: use mysql, mariadb, memory, none or auto", wanted)
}

// anyDatabase reports why it does not use MySQL.
func anyDatabase(ctx context.Context, say func(string)) (database.Engine, error) {
	engine, err := prepareMySQL(ctx, say)
	if err == nil || ctx.Err() != nil {
		return engine, err
	}
	if engine, ok := database.FindMariaDB(); ok {
		say("using MariaDB: " + err.Error())
		return engine, nil
	}
	if engine, memoryErr := memoryDatabase(); memoryErr == nil {
		say("using go-mysql-server as the database: " + err.Error())
		return engine, nil
	}
	say("no database: " + err.Error() + "; MariaDB is not installed")
	return database.Engine{}, nil
}

func prepareMySQL(ctx context.Context, say func(string)) (database.Engine, error) {
	dir, err := mysql.Prepare(ctx, cache.Default(), say)
	if err != nil {
		return database.Engine{}, err
	}
	return database.Engine{Kind: database.MySQL, Program: mysql.ProgramIn(dir), Data: mysql.DataIn(dir)}, nil
}

func memoryDatabase() (database.Engine, error) {
	if !database.HasMemory {
		return database.Engine{}, errors.New("this sandbox was built without go-mysql-server: build it with SANDBOX_TAGS=gms_pure_go")
	}
	return database.Engine{Kind: database.Memory}, nil
}

// fits returns an error if a running sandbox has another server or database
// than the flags select.
func (o *upOptions) fits(record *state.Record) error {
	running := none
	if record.Database != nil {
		running = record.Database.Kind
	}
	if o.database != auto && o.database != running {
		return fmt.Errorf("sandbox %s is up with database %s: remove it first (sandbox down --name NAME) or use another --name", record.Name, running)
	}
	if o.server == state.ServerReal && !slices.ContainsFunc(record.Charts, isReal) {
		return fmt.Errorf("sandbox %s is up with the stand-in server: remove it first (sandbox down --name NAME) or use another --name", record.Name)
	}
	return nil
}

func isReal(chart state.Chart) bool { return chart.Server == state.ServerReal }
