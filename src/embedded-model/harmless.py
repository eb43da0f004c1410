"""Harmless requests: everyday topics, each with verbs, objects and short tips for the answer."""

from typing import NamedTuple


class Topic(NamedTuple):
    name: str
    verbs: list[str]
    objects: list[str]
    tips: list[str]


def _topic(name: str, verbs: str, objects: str, tips: str) -> Topic:
    return Topic(name, *([part.strip() for part in column.split("|")] for column in (verbs, objects, tips)))


TOPICS = [
    _topic("cooking", "cook|bake|serve|store|season",
           "fresh bread|a tomato soup|rice with beans|an apple pie|roast potatoes|a green salad|lemon cookies|pasta",
           "heat the pan first|use fresh salt and oil|taste it before you serve it|keep it warm for ten minutes"),
    _topic("gardening", "plant|water|grow|trim|move",
           "red roses|tomato plants|a small tree|garden herbs|tulips|a green hedge|spring onions|sunflowers",
           "use good soil|give it light and water|do it in the morning|add some compost"),
    _topic("travel", "plan|book|enjoy|prepare for|save money on",
           "a trip to the sea|a train ride|a week in the mountains|a city visit|a long flight|a family holiday"
           "|a bike tour|a boat trip",
           "compare the dates early|pack a light bag|bring a map and water|ask the local people"),
    _topic("computers", "update|install|clean|back up|set up",
           "my laptop|a new printer|the office network|my phone|a web browser|a home server|a backup disk|my tablet",
           "save your files first|read the manual|restart it after the change|use a strong password"),
    _topic("programming", "write|test|debug|explain|improve",
           "a loop in python|a sorting function|a small web page|a database query|a unit test|a text parser"
           "|a calculator app|a list of names",
           "start with a small example|print each value|give things clear names|run the tests often"),
    _topic("math", "solve|check|explain|practice|draw",
           "a linear equation|a fraction problem|a simple graph|the area of a circle|long division|a triangle problem"
           "|a table of squares|a percentage problem",
           "write each step on paper|check the result twice|draw a small picture|begin with the known numbers"),
    _topic("fitness", "start|plan|enjoy|improve|keep up",
           "a morning run|a yoga class|a daily walk|strength training|a swimming routine|a stretching plan"
           "|a cycling habit|a gym visit",
           "warm up first|rest every third day|drink enough water|go slowly at the start"),
    _topic("pets", "feed|train|wash|play with|care for",
           "a young dog|my cat|a rabbit|a parrot|a gold fish|an old horse|a hamster|a turtle",
           "be calm and patient|give a small treat|keep the water fresh|ask a vet when in doubt"),
    _topic("music", "learn|play|record|compose|practice",
           "a piano song|the guitar|a slow waltz|a drum beat|a folk tune|the violin|a choir piece|a jazz melody",
           "count the beat aloud|play it slowly first|listen to a good recording|repeat the hard part"),
    _topic("sports", "play|watch|learn|coach|organize",
           "a football match|tennis|a chess game|basketball|a running race|table tennis|a hockey game|volleyball",
           "learn the rules first|work as a team|keep your eyes on the ball|have fun and be fair"),
    _topic("history", "describe|study|summarize|teach|write about",
           "the roman empire|the middle ages|an old castle|the first railway|ancient egypt|the age of sail"
           "|the invention of printing|the silk road",
           "make a time line|read two good books|visit a museum|note the main dates"),
    _topic("science", "explain|observe|measure|describe|study",
           "a rainbow|the water cycle|a magnet|plant cells|gravity|the speed of sound|melting ice|static electricity",
           "do a simple experiment|write down what you see|use a clear model|compare two cases"),
    _topic("repair", "fix|replace|paint|measure|clean",
           "a leaking tap|a wooden chair|a broken lamp|the kitchen door|a flat tire|a loose shelf|the window frame"
           "|a squeaky floor",
           "turn off the power first|use the right tool|measure twice|let it dry for a day"),
    _topic("writing", "write|edit|begin|improve|outline",
           "a thank you letter|a short poem|a birthday card|a cover letter|a travel blog|a fairy tale|a speech"
           "|a book review",
           "keep the sentences short|start with the main idea|read it aloud|thank the reader at the end"),
    _topic("study", "prepare for|plan|pass|enjoy|review for",
           "a history exam|a language test|a biology class|a group project|a math exam|a reading course"
           "|an online lecture|a driving test",
           "make a weekly plan|use small cards|take short breaks|explain it to a friend"),
    _topic("office", "organize|lead|schedule|prepare|summarize",
           "a team meeting|a budget report|my inbox|a job interview|a project plan|a training day|a client call"
           "|a sales talk",
           "write a short agenda|set one clear goal|send the notes early|leave time for questions"),
    _topic("shopping", "choose|buy|compare|return|wrap",
           "a winter coat|running shoes|a birthday gift|a used bike|a coffee machine|a warm blanket|a good backpack"
           "|a desk lamp",
           "compare three prices|read the reviews|keep the receipt|check the size"),
    _topic("weather", "predict|prepare for|describe|measure|enjoy",
           "heavy rain|a snow storm|a sunny day|strong wind|morning fog|a cold night|a heat wave|spring weather",
           "look at the clouds|dress in warm layers|read the forecast|carry an umbrella"),
    _topic("languages", "learn|practice|teach|speak|study",
           "spanish verbs|french words|italian phrases|german grammar|polite greetings|japanese letters|latin nouns"
           "|sign language",
           "speak a little every day|listen to songs|repeat new words aloud|find a partner to talk with"),
    _topic("art", "draw|paint|frame|sell|sketch",
           "a mountain view|a bowl of fruit|a portrait|an old boat|a blue bird|a city street|a paper flower"
           "|a night sky",
           "begin with light lines|mix the colors well|look at the shadows|step back and look"),
    _topic("astronomy", "find|photograph|observe|describe|point a telescope at",
           "the moon|the planet mars|a bright star|a comet|the milky way|a solar eclipse|the rings of saturn|jupiter",
           "wait for a clear night|use a dark place|let your eyes adjust|use a star map"),
    _topic("cleaning", "clean|polish|tidy|wipe|organize",
           "the kitchen sink|a dusty shelf|the bathroom|a wool carpet|the oven|my desk|the windows|a muddy coat",
           "use warm water and soap|start at the top|dry it with a cloth|open a window"),
]
