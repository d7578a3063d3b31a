using Nabla;
using Nabla.Benchmarks;

// Measures one thing in its own process and prints one line of JSON; `benchmarks/compare` runs it beside the peers.
try
{
    var arguments = new Arguments(args);
    if (arguments.Whole("threads", 0) is > 0 and var threads)
        Compute.Threads = threads;
    var result = arguments.Verb switch
    {
        "epoch" => EpochBenchmark.Run(arguments),
        "predict" => PredictionBenchmark.Run(arguments),
        "product" => ProductBenchmark.Run(arguments),
        "doctor" => DoctorBenchmark.Run(arguments),
        "reliability" => ReliabilityBenchmark.Run(arguments),
        "allocation" => AllocationBenchmark.Run(arguments),
        "activation" => ActivationBenchmark.Run(arguments),
        "limit" => MultiplyAddLimit.Run(arguments),
        _ => throw new ArgumentException(
            "Expected one of: epoch, predict, product, doctor, reliability, allocation, activation, limit; " +
            "then --NAME VALUE pairs."),
    };
    result["threads"] = Compute.Threads;
    var version = typeof(Network).Assembly.GetName().Version?.ToString(3);
    result["version"] = $"Nabla {version}, .NET {Environment.Version}, {Compute.InstructionSet}";
    Console.WriteLine(result.ToJsonString());
    return 0;
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException or InvalidDataException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
