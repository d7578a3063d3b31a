extern alias Command;
global using Command::Nabla.Cli;
