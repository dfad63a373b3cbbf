module github.com/zenml-installer/zenml-installer/sandbox

go 1.26.0
