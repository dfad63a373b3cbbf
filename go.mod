module github.com/zenml-installer/zenml-installer

go 1.26.0
