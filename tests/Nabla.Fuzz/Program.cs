using System.Globalization;
using Nabla.Fuzz;
using Nabla.Fuzz.Readers;

// dotnet run -c Release --project tests/Nabla.Fuzz -- READER [--seconds N] [--seed S] [--case C]

var options = new Dictionary<string, string> { ["--seconds"] = "60", ["--seed"] = $"{Random.Shared.Next()}" };
for (var i = 1; i + 1 < args.Length; i += 2)
    options[args[i]] = args[i + 1];
var folder = Directory.CreateTempSubdirectory("nabla-fuzz-").FullName;
try
{
    var wanted = args.FirstOrDefault();
    FuzzedReader[] readers = [.. Readers.All(folder).Where(reader => wanted == "all" || wanted == reader.Name)];
    if (readers.Length == 0 || args.Length % 2 == 0)
    {
        Console.Error.WriteLine(
            "dotnet run -c Release --project tests/Nabla.Fuzz -- READER [--seconds N] [--seed S] [--case C]\n" +
            $"READER is one of: {string.Join(", ", Readers.Names)}, all.");
        return 2;
    }
    var seed = ulong.Parse(options["--seed"], CultureInfo.InvariantCulture);
    var seconds = double.Parse(options["--seconds"], CultureInfo.InvariantCulture);
    var failures = 0;
    foreach (var reader in readers)
    {
        var run = new FuzzRun(reader, seed);
        if (options.TryGetValue("--case", out var number))
        {
            var which = long.Parse(number, CultureInfo.InvariantCulture);
            var file = $"{reader.Name}-{seed}-{which}.bin";
            File.WriteAllBytes(file, run.Input(which));
            var failure = run.Case(which);
            Console.WriteLine($"{failure?.ToString() ?? "No failure."}\nThe input is in {file}.");
            failures += failure is null ? 0 : 1;
            continue;
        }
        var result = run.For(TimeSpan.FromSeconds(seconds));
        Console.WriteLine(
            $"{reader.Name}: {result.Cases:N0} cases, {result.Accepted:N0} of them accepted, seed {seed}" +
            $"{(result.Failure is null ? "; no failure" : "")}");
        if (result.Failure is not null)
        {
            Console.WriteLine(result.Failure);
            failures++;
        }
    }
    return failures == 0 ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
