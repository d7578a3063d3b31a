using Nabla.Cli;

return await CommandLine.RunAsync(args);
